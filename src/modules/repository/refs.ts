import DataLoader from 'dataloader'
import { callerOf } from '../../access/caller.ts'
import { type Context, perRequest } from '../../context/context.ts'
import { invalid } from '../../foundation/errors.ts'
import { groupBy } from '../../foundation/group-by.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { assertRepository } from '../../git/assert-repository.ts'
import { type Branch, findDefaultBranch, listBranches } from '../../git/branches.ts'
import { GitError } from '../../git/git.ts'
import { MAX_OBJECT_BYTES } from '../../git/object-parser.ts'
import { listTagRefs, readTags, type TagRef } from '../../git/tags.ts'
import { onBrokenRepository } from '../releases/broken-repository.ts'

/** The most projects of a request, because each starts a process of git. */
const MAX_PROJECTS = 20

const FAILURE = 'Failed to list the branches and tags'

/** Whether the folder is a repository. Starts no git. */
export async function hasRepository({ repositories }: Context, project: Project): Promise<boolean> {
  try {
    await assertRepository(repositories.directory(project.id))
    return true
  } catch (error) {
    if (error instanceof GitError) return false
    throw error
  }
}

/** The branch that HEAD names. Lists of projects may ask for it, because the file HEAD tells it without git in almost all repositories. */
export async function defaultBranchOf(context: Context, project: Project): Promise<string | null> {
  if (!(await hasRepository(context, project))) return null
  return findDefaultBranch(context.repositories.directory(project.id)).catch((error) => {
    // A broken repository has no default branch.
    if (error instanceof GitError) return null
    throw error
  })
}

/** Reads once in a request, however often a query asks. A project without a repository has `nothing`, and git is not started. */
function oncePerProject<Found>(read: (repository: string) => Promise<Found>, nothing: Found) {
  const found = perRequest(() => new Map<number, Promise<Found>>())
  return (context: Context, project: Project): Promise<Found> => {
    const { repositories } = context
    const started = found(context)
    if (started.size === MAX_PROJECTS && !started.has(project.id)) {
      throw invalid(`One request may ask for the branches or tags of at most ${MAX_PROJECTS} projects`)
    }
    const begin = async () => {
      if (!(await hasRepository(context, project))) return nothing
      return repositories
        .inTurn(callerOf(context), () => read(repositories.directory(project.id)))
        .catch(onBrokenRepository(context, project, FAILURE))
    }
    const kept = started.get(project.id) ?? begin()
    started.set(project.id, kept)
    return kept
  }
}

/** The branches, ordered by the bytes of their names, and the branch that HEAD names, which need not exist. */
const headsOf = oncePerProject(
  async (repository) => {
    const [branches, head] = await Promise.all([listBranches(repository), findDefaultBranch(repository)])
    return { branches, head }
  },
  { branches: [] as Branch[], head: null as string | null },
)

export type BranchNode = Branch & { project: Project; isDefault: boolean }

export async function branchesOf(context: Context, project: Project): Promise<BranchNode[]> {
  const { branches, head } = await headsOf(context, project)
  return branches.map((branch) => ({ ...branch, project, isDefault: branch.name === head }))
}

/** The tags that lead to a commit, ordered by the bytes of their names. */
export const tagsOf = oncePerProject(listTagRefs, [] as TagRef[])

export type TagNode = TagRef & { project: Project }

/** The longest texts of a page of 100 tags fit into one answer. */
const MAX_MESSAGE_CHARACTERS = 65_536
const messageBounds = {
  skipAbove: MAX_OBJECT_BYTES,
  maxBytes: MAX_OBJECT_BYTES,
  maxCharacters: MAX_MESSAGE_CHARACTERS,
  maxTotal: 100 * MAX_MESSAGE_CHARACTERS,
}

async function readMessages(context: Context, project: Project, refs: readonly TagRef[]): Promise<(string | null)[]> {
  const { repositories } = context
  const tags = await repositories
    .inTurn(callerOf(context), () => readTags(repositories.directory(project.id), refs, messageBounds))
    .catch(onBrokenRepository(context, project, FAILURE))
  return tags.map(({ message }) => message)
}

/** The message of a tag, read together with those of the other tags of the page. */
export const messageOf = perRequest(
  (context) =>
    new DataLoader<TagNode, string | null>(async (nodes) => {
      const found = new Map<TagNode, string | null>()
      for (const [, some] of groupBy(nodes, ({ project }) => project.id)) {
        const [{ project } = { project: null }] = some
        if (!project) continue
        const messages = await readMessages(context, project, some)
        for (const [at, node] of some.entries()) found.set(node, messages[at] ?? null)
      }
      return nodes.map((node) => found.get(node) ?? null)
    }),
)
