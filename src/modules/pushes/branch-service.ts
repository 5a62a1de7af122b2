import { callerOf } from '../../access/caller.ts'
import type { Context } from '../../context/context.ts'
import { RuleViolation } from '../../foundation/errors.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { type Branch, findDefaultBranch, listBranches } from '../../git/branches.ts'
import { isValidBranchName } from '../../git/create-branch.ts'
import { createRef } from '../../git/create-ref.ts'
import type { RefChange } from '../../git/pushed-refs.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'
import { checkPush } from './check-push.ts'
import { deletePushedRef, pushRefs } from './record-push.ts'

/** The beginning of a client's text, which is enough to recognise the text in an error. */
const shown = (text: string) => (text.length > 100 ? `${text.slice(0, 100)}…` : text)

async function assertMayPush(context: Context, project: Project, change: RefChange): Promise<void> {
  const [refusal] = await checkPush(context, project, [change])
  if (refusal) throw new RuleViolation('FORBIDDEN', refusal.reason)
}

type BranchCreate = {
  name: string
  /** A branch, a tag or a commit. */
  ref: string
}

/** Creates a branch like a push does: by the same rules, and recorded alike. The viewer may write to the repository. */
export async function createBranch(context: Context, project: Project, { name, ref }: BranchCreate): Promise<Branch> {
  const { repositories } = context
  const onBroken = onBrokenRepository(context, project, `Failed to create branch ${shown(name)}`)
  if (!isValidBranchName(name)) throw new RuleViolation('INVALID', 'Branch name is invalid')
  const sha = await repositories.resolveCommit(project.id, ref).catch(onBroken)
  if (sha === null) throw new RuleViolation('INVALID', `Invalid reference name: ${shown(ref)}`)
  const change = { ref: `refs/heads/${name}`, before: '0'.repeat(sha.length), after: sha }
  await assertMayPush(context, project, change)
  const existing = await repositories.resolveCommit(project.id, change.ref).catch(onBroken)
  // An earlier attempt of this request, which was cut off, may have created the branch.
  if (existing === sha && context.steps?.isRepetition) return { name, sha }
  if (existing !== null) throw new RuleViolation('INVALID', 'Branch already exists')
  const make = () => createRef(repositories.directory(project.id), change.ref, sha)
  const inTurn = () => repositories.inTurn(callerOf(context), make).catch(onBroken)
  const outcome = await pushRefs(context, project, [change], inTurn, (made) => made !== 'created')
  if (typeof outcome === 'object') {
    const other = shown(outcome.inTheWay)
    throw new RuleViolation('INVALID', `Branch name is invalid: the branch ${other} is in the way of ${shown(name)}`)
  }
  if (outcome === 'exists') throw new RuleViolation('INVALID', 'Branch already exists')
  return { name, sha }
}

/** Deletes a branch like a push does. The default branch stays. The viewer may write to the repository. */
export async function deleteBranch(context: Context, project: Project, name: string): Promise<void> {
  const { repositories } = context
  const repository = repositories.directory(project.id)
  const onBroken = onBrokenRepository(context, project, 'Failed to delete the branch')
  const inTurn = <Result>(work: () => Promise<Result>) => repositories.inTurn(callerOf(context), work).catch(onBroken)
  const [branches, head] = await inTurn(() => Promise.all([listBranches(repository), findDefaultBranch(repository)]))
  const branch = branches.find((one) => one.name === name)
  if (!branch) {
    // An earlier attempt of this request, which was cut off, has deleted the branch.
    if (context.steps?.isRepetition) return
    throw new RuleViolation('NOT_FOUND', 'Branch does not exist')
  }
  if (name === head) throw new RuleViolation('INVALID', 'The default branch cannot be deleted')
  const change = { ref: `refs/heads/${name}`, before: branch.sha, after: '0'.repeat(branch.sha.length) }
  await assertMayPush(context, project, change)
  await deletePushedRef(context, project, { change, what: 'Branch', run: inTurn })
}
