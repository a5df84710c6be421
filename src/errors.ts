// The one error class that is meant for people: its message is a whole sentence that says what is wrong and what to do.
// The command line prints it alone, without a stack, and exits with 1; anything else that is thrown is a defect of ours.

export class UserError extends Error {
  override name = "UserError";
}
