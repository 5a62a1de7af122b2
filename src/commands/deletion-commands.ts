import { Command } from 'commander'
import { deleteNamespace, type Kind, listDeleted, restoreNamespace } from '../client/deletions.ts'
import { print } from './output.ts'
import { type ServerOptions, serverOf, withServer } from './server-options.ts'

const remove = (kind: Kind) => async (fullPath: string, options: ServerOptions) => {
  const deleted = await deleteNamespace(serverOf(options), kind, fullPath)
  const advice = `To restore it within 7 days: waybill ${kind} restore ${deleted.fullPath}`
  print(options, deleted, `Deleted the ${kind} ${fullPath}\n${advice}`)
}

const restore = (kind: Kind) => async (fullPath: string, options: ServerOptions) => {
  const restored = await restoreNamespace(serverOf(options), kind, fullPath)
  print(options, restored, `Restored the ${kind} ${restored.fullPath}`)
}

const list = (kind: Kind) => async (options: ServerOptions) => {
  const found = await listDeleted(serverOf(options), kind)
  const lines = found.map(({ fullPath, markedForDeletionOn }) => `${fullPath}\t${markedForDeletionOn}`)
  print(options, found, lines.join('\n') || `There are no deleted ${kind}s that you may restore`)
}

export const deleteCommand = (kind: Kind) =>
  withServer(new Command('delete').description(`Delete a ${kind} with everything in it. Needs the role Owner.`))
    .argument('<path>', `full path of the ${kind}`)
    .action(remove(kind))

export const restoreCommand = (kind: Kind) =>
  withServer(new Command('restore').description(`Restore a ${kind} that was deleted in the last 7 days.`))
    .argument('<path>', 'its path since the deletion, as delete and deleted print it')
    .action(restore(kind))

export const deletedCommand = (kind: Kind) =>
  withServer(new Command('deleted').description(`Print the deleted ${kind}s that you may restore.`)).action(list(kind))
