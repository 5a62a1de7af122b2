import { z } from 'zod'
import { can } from '../../../access/abilities.ts'
import type { Context } from '../../../context/context.ts'
import { placeInRest } from '../../../context/field-place.ts'
import { RuleViolation } from '../../../foundation/errors.ts'
import type { Project } from '../../../generated/prisma/client.ts'
import { type Branch, findDefaultBranch, listBranches } from '../../../git/branches.ts'
import { createRefSearch, exactFirst } from '../../../git/ref-search.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { createBranch, deleteBranch } from '../../../modules/pushes/branch-service.ts'
import { commitOf } from '../../../modules/releases/commit-loaders.ts'
import { encodedPath } from '../../../modules/releases/release-urls.ts'
import { readRepository } from '../../../modules/repository/read-repository.ts'
import { pageOf } from '../../../rows/numbered-page.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { refSearch, text } from '../kit/fields.ts'
import { answerPage, pageFields } from '../kit/pagination.ts'
import { notFound } from '../kit/rest-errors.ts'
import { assertCan, projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'
import { CommitBody, presentCommit } from './present-commit.ts'

const rest = endpointsOf('Repository')
const REPOSITORY = '/projects/:id/repository'

export const presentCommitAt = async (context: Context, project: Project, sha: string) => {
  const commit = await commitOf(context, project, sha, () => placeInRest(context, 'commit.message'))
  return commit && presentCommit(context, commit)
}

const BranchBody = z
  .object({
    name: z.string(),
    merged: z.boolean(),
    protected: z.boolean(),
    default: z.boolean(),
    developers_can_push: z.boolean(),
    developers_can_merge: z.boolean(),
    can_push: z.boolean(),
    web_url: z.string(),
    commit: CommitBody.nullable(),
  })
  .meta({ id: 'Branch', description: 'Branches are not protected here, and nothing is merged.' })

async function presentBranch(
  context: Context,
  project: Project,
  { name, sha, isDefault }: Branch & { isDefault: boolean },
): Promise<z.output<typeof BranchBody>> {
  return {
    name,
    merged: false,
    protected: false,
    default: isDefault,
    developers_can_push: false,
    developers_can_merge: false,
    can_push: can(context.viewer, 'code:write', project),
    web_url: `${projectUrl(context, project)}/-/tree/${encodedPath(name)}`,
    commit: await presentCommitAt(context, project, sha),
  }
}

async function branchesOf(context: Context, project: Project) {
  const [branches, defaultBranch] = await readRepository(context, project, (repository) =>
    Promise.all([listBranches(repository), findDefaultBranch(repository)]),
  )
  return branches.map((branch) => ({ ...branch, isDefault: branch.name === defaultBranch }))
}

const branches = rest.get(`${REPOSITORY}/branches`, {
  summary: 'The branches of a project, by name',
  input: z.object({ id: projectId, search: refSearch, ...pageFields }),
  answers: { 200: z.array(BranchBody) },
  find: projectFor('code:read'),
  handle: async (call) => {
    const { context, input, found: project } = call
    const search = input.search ?? ''
    const isSought = createRefSearch(search)
    const found = (await branchesOf(context, project)).filter(({ name }) => isSought(name))
    const page = pageOf(exactFirst(found, search), input)
    return answerPage(call, page, (branch, ofRow) => presentBranch(ofRow, project, branch))
  },
})

const branch = rest.get(`${REPOSITORY}/branches/:branch{.+}`, {
  summary: 'A branch',
  input: z.object({ id: projectId, branch: text('ref').describe('The name of the branch.') }),
  answers: { 200: BranchBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    const all = await branchesOf(context, project)
    const found = all.find(({ name }) => name === input.branch)
    if (!found) throw notFound('Branch')
    return await presentBranch(context, project, found)
  },
})

const create = rest.post(`${REPOSITORY}/branches`, {
  summary: 'Make a branch',
  description: 'As a push does.',
  input: z.object({
    id: projectId,
    branch: text('ref').describe('Name of the new branch.'),
    ref: text('ref').describe('Branch, tag or commit that it begins at.'),
  }),
  ability: 'code:write',
  answers: { 201: BranchBody },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    assertCan(context, 'code:write', project)
    const made = await createBranch(context, project, { name: input.branch, ref: input.ref })
    const body = await presentBranch(context, project, { ...made, isDefault: false })
    return body
  },
})

const remove = rest.delete(`${REPOSITORY}/branches/:branch{.+}`, {
  summary: 'Delete a branch',
  description: 'As a push does. The default branch stays.',
  input: z.object({ id: projectId, branch: text('ref').describe('Name of the branch.') }),
  ability: 'code:write',
  answers: { 204: null },
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    assertCan(context, 'code:write', project)
    await deleteBranch(context, project, input.branch).catch((error) => {
      throw error instanceof RuleViolation && error.code === 'NOT_FOUND' ? notFound('Branch') : error
    })
  },
})

export const repositoryEndpoints = [branches, branch, create, remove]
