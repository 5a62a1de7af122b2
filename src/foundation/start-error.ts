/** A failed start that the operator can mend. The entry prints only `message` and exits with 1. */
export class StartError extends Error {
  override readonly name = 'StartError'
}
