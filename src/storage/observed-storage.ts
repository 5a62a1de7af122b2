import { traced } from '../foundation/tracing.ts'
import type { FileStorage } from './file-storage.ts'
import { kindOf, type StorageFailure } from './storage-failure.ts'

type Observers = {
  onFailure: (failure: StorageFailure) => void
  /** Told the key of a file that a row names and that is not there. */
  onMissing: (key: string) => void
}

/** Tells of every failure of the storage itself. A body that breaks off is not the storage's failure. */
export function observedStorage(storage: FileStorage, { onFailure, onMissing }: Observers): FileStorage {
  const note = (operation: StorageFailure['operation']) => (error: unknown) => {
    const kind = kindOf(error)
    if (kind !== null) onFailure({ operation, kind })
  }
  const observed = <Result>(operation: StorageFailure['operation'], run: () => Promise<Result>): Promise<Result> => {
    const doing = traced(() => ({ name: `storage ${operation}`, kind: 'client' }), run)
    doing.catch(note(operation))
    return doing
  }
  return {
    put: (key, body) => observed('put', () => storage.put(key, body)),
    get: (key, range) =>
      observed('get', async () => {
        const body = await storage.get(key, range)
        if (body === null) onMissing(key)
        return body?.once('error', note('get')) ?? null
      }),
    remove: (key) => observed('remove', () => storage.remove(key)),
    async *list(prefix) {
      try {
        yield* storage.list(prefix)
      } catch (error) {
        note('list')(error)
        throw error
      }
    },
  }
}
