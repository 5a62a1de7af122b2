import type { Context } from '../../context/context.ts'
import { mutation } from '../../graphql/mutation.ts'
import { getProjectFor } from '../projects/find-project.ts'
import { createRepositoryTag } from '../publishing/create-repository-tag.ts'
import { BranchType, TagType } from '../repository/ref-schema.ts'
import { tagsOf } from '../repository/refs.ts'
import { createBranch } from './branch-service.ts'
import { deleteTag } from './delete-pushed-tag.ts'

const projectPath = { required: true, description: 'Full path of the project.' } as const

async function readTag(context: Context, fullPath: string, name: string) {
  const project = await getProjectFor(context, 'code:read', fullPath)
  const tag = (await tagsOf(context, project)).find((one) => one.name === name)
  return tag ? { ...tag, project } : null
}

mutation('branchCreate', {
  ability: 'code:write',
  description: 'Create a branch, as a push does. Needs the role Developer. GitLab calls it `createBranch`.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    name: t.string({ required: true, description: 'Name of the branch.' }),
    ref: t.string({ required: true, description: 'Branch, tag or commit that it begins at.' }),
  }),
  payload: { branch: BranchType },
  run: async (context, { projectPath, ...branch }) => {
    const project = await getProjectFor(context, 'code:write', projectPath)
    return { branch: { ...(await createBranch(context, project, branch)), project, isDefault: false } }
  },
})

mutation('tagCreate', {
  ability: 'code:write',
  description: 'Create a tag without a release. Needs the role Developer, and the right to create the tag.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    name: t.string({ required: true, description: 'Name of the tag.' }),
    ref: t.string({ required: true, description: 'Branch, tag or commit that it points to.' }),
    message: t.string({ description: 'Makes the tag annotated.' }),
  }),
  payload: { tag: TagType },
  run: async (context, { projectPath, name, ref, message }) => {
    await createRepositoryTag(context, { projectPath, tagName: name, ref, message })
    return { tag: await readTag(context, projectPath, name) }
  },
})

mutation('tagDelete', {
  ability: 'code:write',
  description:
    'Delete a tag and its release, as a push does. Needs the right to create the tag, and the role Maintainer when it has a release.',
  input: (t) => ({
    projectPath: t.id(projectPath),
    name: t.string({ required: true, description: 'Name of the tag.' }),
  }),
  payload: { tag: TagType },
  run: async (context, { projectPath, name }) => {
    const project = await getProjectFor(context, 'code:write', projectPath)
    const tag = await readTag(context, projectPath, name)
    await deleteTag(context, project, name)
    return { tag }
  },
})
