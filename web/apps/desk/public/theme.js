// Runs before the first paint, so that a dark desk never flashes white. The page takes over from here.
(() => {
  let saved = null;
  try {
    saved = localStorage.getItem("lingtong.theme");
  } catch {
    // Storage is blocked: follow the system.
  }
  const dark = saved === "dark" || (saved !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
})();
