import type { Project } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import {
  assertNotNull,
  attempt,
  clientMutationIdOptions,
  MutationPayload,
  type Payload,
} from '../../graphql/mutation.ts'
import { ProjectFeatureAccessLevel, VisibilityLevelsEnum } from '../groups/feature-levels-schema.ts'
import { createProject } from './create-project.ts'
import { ProjectType } from './project-schema.ts'
import { updateProject } from './update-project.ts'

const ProjectCreateInput = builder.inputType('ProjectCreateInput', {
  description: 'A new project. Not in GitLab.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    groupPath: t.id({ required: true, description: 'Full path of the group that it lies in.' }),
    path: t.string({
      required: true,
      description: 'Own path: letters, digits, `_`, `-` and `.`; unique in its group, whatever the case.',
    }),
    name: t.string({ description: 'Name shown to people; the path when absent.' }),
    description: t.string({ description: 'What the project is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, defaultValue: 'private', description: 'Who may read it.' }),
  }),
})

const level = { type: ProjectFeatureAccessLevel } as const

const ProjectUpdateInput = builder.inputType('ProjectUpdateInput', {
  description: 'Changes of a project; what is absent stays as it is. Only the description may be null.',
  fields: (t) => ({
    clientMutationId: t.string(clientMutationIdOptions),
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    name: t.string({ description: 'Name shown to people.' }),
    description: t.string({ description: 'What the project is.' }),
    visibility: t.field({ type: VisibilityLevelsEnum, description: 'Who may read it.' }),
    archived: t.boolean({ description: 'Whether it is read-only; then `false` is the only way to change anything.' }),
    releasesLevel: t.field({ ...level, description: 'Who may see the releases.' }),
    repositoryLevel: t.field({ ...level, description: 'Who may see the code, and with it the tags.' }),
    issuesLevel: t.field({ ...level, description: 'Who may see the issues.' }),
    mergeRequestsLevel: t.field({ ...level, description: 'Who may see the merge requests.' }),
    freezeRefusesReleases: t.boolean({ description: 'Whether no release may be created during a deploy freeze.' }),
    packageDuplicatesAllowed: t.boolean({
      description: 'Whether uploading a file of a package again replaces it; else it is refused.',
    }),
  }),
})

const payload = (name: string, description: string) =>
  builder.objectRef<Payload & { project: Project | null }>(name).implement({
    description,
    access: 'public',
    interfaces: [MutationPayload],
    fields: (t) => ({
      project: t.expose('project', {
        type: ProjectType,
        nullable: true,
        description: 'The project; null with errors.',
      }),
    }),
  })

const settings = [
  'name',
  'visibility',
  'archived',
  'releasesLevel',
  'repositoryLevel',
  'issuesLevel',
  'mergeRequestsLevel',
  'freezeRefusesReleases',
  'packageDuplicatesAllowed',
] as const

builder.mutationFields((t) => ({
  projectCreate: t.field({
    type: payload('ProjectCreatePayload', 'The project that was made.'),
    nullable: true,
    ability: 'group/project:create',
    description: 'Make a project with an empty repository. Needs the role Maintainer in the group. Not in GitLab.',
    args: { input: t.arg({ type: ProjectCreateInput, required: true, description: 'The project.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { project: null }, async () => ({ project: await createProject(context, input) })),
  }),
  projectUpdate: t.field({
    type: payload('ProjectUpdatePayload', 'The project that was changed.'),
    nullable: true,
    ability: 'project:update',
    description: 'Change the settings of a project. Needs the role Maintainer. Not in GitLab.',
    args: { input: t.arg({ type: ProjectUpdateInput, required: true, description: 'The changes.' }) },
    resolve: (_root, { input }, context) =>
      attempt(context, input, { project: null }, async () => {
        assertNotNull(input, settings)
        const { clientMutationId: _echoed, projectPath, ...changes } = input
        return { project: await updateProject(context, { projectPath, ...changes }) }
      }),
  }),
}))
