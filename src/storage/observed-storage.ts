import { traced } from '../foundation/tracing.ts'
import type { FileStorage } from './file-storage.ts'
import { kindOf, type StorageFailure } from './storage-failure.ts'

/** Tells `onFailure` of every failure of the storage itself. A body that breaks off is not the storage's failure. */
export function observedStorage(storage: FileStorage, onFailure: (failure: StorageFailure) => void): FileStorage {
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
      observed('get', async () => (await storage.get(key, range))?.once('error', note('get')) ?? null),
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
