import { isNone, type RefChange } from '../../git/pushed-refs.ts'
import { isBranch, isNotes } from './check-push.ts'

/** How many changes the message names. */
const NAMED = 20

function verbOf({ before, after }: RefChange): string {
  if (isNone(after)) return 'deleted'
  return isNone(before) ? 'created' : 'updated'
}

function kindOf(change: RefChange): string {
  if (isNotes(change)) return 'notes'
  return isBranch(change) ? 'branch' : 'tag'
}

/** The message of the audit event. */
export function describePush(changes: readonly RefChange[]): string {
  const named = changes.slice(0, NAMED).map((change) => {
    return `${verbOf(change)} ${kindOf(change)} ${change.ref.split('/').slice(2).join('/')}`
  })
  const others = changes.length - named.length
  return `Pushed: ${named.join(', ')}${others > 0 ? ` and ${others} more` : ''}`
}
