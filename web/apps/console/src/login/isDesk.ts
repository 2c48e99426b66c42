/** The agent's desk is an application of its own: a way within this one does not lead there. */
export function isDesk(path: string): boolean {
  const desk = new URL("desk", document.baseURI).pathname;
  return path === desk || path.startsWith(`${desk}/`);
}
