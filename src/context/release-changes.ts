export type ChangeKind = 'created' | 'updated'

export type Watcher = {
  projectId: number
  kind: ChangeKind
  tell: (releaseIds: readonly number[]) => void
  /** Called when no further change will be told. */
  end: () => void
}

/** Tells the releases that are created and changed in the database, by any process or SQL statement. */
export type ReleaseChanges = {
  /** The watcher misses nothing once the promise resolves. Returns a function that ends the watching. */
  watch: (watcher: Watcher) => Promise<() => void>
  size: () => number
  close: () => Promise<void>
}
