export type ChangeKind = 'created' | 'updated'

export type Watcher = {
  projectId: number
  kind: ChangeKind
  tell: (releaseIds: readonly number[]) => void
  /** Nothing follows. */
  end: () => void
}

/** What is created and changed in the database, whichever process or SQL statement does it. */
export type ReleaseChanges = {
  /** From the moment that it resolves nothing is missed. Returns what stops it. */
  watch: (watcher: Watcher) => Promise<() => void>
  /** How many watch. */
  size: () => number
  /** Ends all watchers, and the connection. */
  close: () => Promise<void>
}
