/** Whether the server is about to end: it answers still, but each answer is the last one on its connection. */
export type Stopping = { readonly begun: boolean }

export function createStopping(): Stopping & { begin: () => void } {
  let begun = false
  return {
    get begun() {
      return begun
    },
    begin() {
      begun = true
    },
  }
}
