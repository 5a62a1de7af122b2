// The import of a project from another server. Only the mutation and `Project.import` lead here, so every field is public.
import type { ProjectImport } from '../../generated/prisma/client.ts'
import { builder } from '../../graphql/builder.ts'
import { mutation } from '../../graphql/mutation.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { importOfProject } from './import-loaders.ts'
import { ImportProgress, type Outcome, type Subject, subjects } from './import-progress.ts'
import { startImport } from './start-import.ts'

const OURS = 'Not in GitLab.'

const ImportKind = builder.enumType('ImportKind', {
  description: `The kind of a server. ${OURS}`,
  values: {
    GITLAB: { value: 'gitlab', description: 'GitLab, or another Waybill.' },
    GITHUB: { value: 'github', description: 'GitHub.' },
    GITEA: { value: 'gitea', description: 'Gitea or Forgejo.' },
  } as const,
})

const ImportState = builder.enumType('ImportState', {
  description: `How far an import is. ${OURS}`,
  values: {
    WAITING: { value: 'waiting', description: 'It has not begun.' },
    RUNNING: { value: 'running', description: 'It is running.' },
    FINISHED: { value: 'finished', description: 'It has brought along everything but what `left` names.' },
    FAILED: { value: 'failed', description: '`error` says why. Started again, it goes on where it ended.' },
  } as const,
})

const ImportSubject = builder.enumType('ImportSubject', {
  description: `What an import brings along. ${OURS}`,
  values: {
    MILESTONE: { value: 'milestone', description: 'Milestones.' },
    ISSUE: { value: 'issue', description: 'Issues of milestones.' },
    PACKAGE_FILE: { value: 'package_file', description: 'Files of generic packages.' },
    RELEASE: { value: 'release', description: 'Releases.' },
    PROTECTED_TAG: { value: 'protected_tag', description: 'Protected tags.' },
  } as const,
})

type Count = Record<Outcome, number> & { subject: Subject }

const ImportCount = builder.objectRef<Count>('ImportCount').implement({
  description: `How many of one subject an import has written so far. ${OURS}`,
  access: 'public',
  fields: (t) => ({
    subject: t.field({
      type: ImportSubject,
      nullable: false,
      description: 'What is counted.',
      resolve: (count) => count.subject,
    }),
    created: t.exposeInt('created', { nullable: false, description: 'How many the project did not have.' }),
    updated: t.exposeInt('updated', { nullable: false, description: 'How many have changed at the source.' }),
    unchanged: t.exposeInt('unchanged', {
      nullable: false,
      description: 'How many are the same in the project and at the source.',
    }),
  }),
})

const progressOf = ({ progress }: ProjectImport) => ImportProgress.parse(progress)

const ProjectImportType = builder.objectRef<ProjectImport>('ProjectImport').implement({
  description: `The last import into a project from another server. ${OURS}`,
  access: 'public',
  fields: (t) => ({
    state: t.expose('state', { type: ImportState, nullable: false, description: 'How far it is.' }),
    step: t.string({
      nullable: false,
      description: 'What it does now, in words.',
      resolve: (row) => progressOf(row).step,
    }),
    counts: t.field({
      type: [ImportCount],
      nullable: false,
      description: 'What it has written so far, in the order in which it writes.',
      resolve: (row) => subjects.map((subject) => ({ subject, ...progressOf(row).counts[subject] })),
    }),
    left: t.stringList({
      nullable: false,
      description: 'What could not come along, and why: the first 500, each of at most 500 characters.',
      resolve: (row) => progressOf(row).left,
    }),
    leftCount: t.int({
      nullable: false,
      description: 'How many could not come along.',
      resolve: (row) => progressOf(row).leftCount,
    }),
    error: t.exposeString('error', { description: 'Why it failed. Null while it has not failed.' }),
    url: t.exposeString('url', { nullable: false, description: 'The server from which it imports.' }),
    sourcePath: t.exposeID('sourcePath', { nullable: false, description: 'Full path of the project there.' }),
    startedAt: t.expose('startedAt', { type: 'Time', nullable: false, description: 'When it was asked for.' }),
    finishedAt: t.expose('finishedAt', { type: 'Time', description: 'When it ended. Null before.' }),
  }),
})

builder.prismaObjectFields(ProjectType, (t) => ({
  import: t.field({
    type: ProjectImportType,
    access: { needs: 'project:import', otherwise: null },
    description: `The last import into it from another server. Null when there was none. ${OURS}`,
    resolve: ({ id }, _args, context) => importOfProject(context).load(id),
  }),
}))

mutation('projectImport', {
  ability: 'project:import',
  description:
    'Bring a project along from another server, by a job: the repository, releases with their notes, dates and links, ' +
    'milestones and their issues, generic packages, and protected tags. The branches of the project follow the source, so ' +
    'branches that the source does not have are deleted. Sent again, it writes only what has changed at the source. ' +
    `\`Project.import\` tells how far it is. Needs the role Maintainer. ${OURS}`,
  input: (t) => ({
    projectPath: t.id({ required: true, description: 'Full path of the project, which exists.' }),
    url: t.string({
      required: true,
      description:
        'URL of the other server, such as `https://gitlab.com`. It may not have a private address, unless the operator of this ' +
        'server allows it.',
    }),
    sourcePath: t.id({ required: true, description: 'Full path of the project there.' }),
    kind: t.field({ type: ImportKind, description: 'The kind of the other server. Absent: it is guessed.' }),
    token: t.string({
      description:
        'A token that may read the project there. It is kept until the import has ended, and shown to nobody.',
    }),
  }),
  payload: { import: ProjectImportType },
  run: async (context, { sourcePath: path, kind = null, token = null, ...input }) => ({
    import: await startImport(context, { ...input, path, kind, token }),
  }),
})
