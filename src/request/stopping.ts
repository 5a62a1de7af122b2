/** Whether the server is stopping. It still answers, but each answer is the last on its connection. */
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
