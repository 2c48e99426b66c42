/** What is wrong with a field, in the reader's language. */
export interface FieldProblem {
  field: string;
  code: string;
  message: string;
  kind?: string | null;
  name?: string | null;
}
