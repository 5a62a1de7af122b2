import { z } from 'zod'
import { type ChangelogInput, changelogOf } from '../../../modules/changelogs/changelog-service.ts'
import { writeChangelog } from '../../../modules/pushes/write-changelog.ts'
import { endpointsOf } from '../kit/endpoint.ts'
import { optional, text, time } from '../kit/fields.ts'
import { assertCan, projectFor } from '../kit/subjects.ts'
import { projectId } from '../releases/release-input.ts'

const rest = endpointsOf('Repository')
const CHANGELOG = '/projects/:id/repository/changelog'

const input = z.object({
  id: projectId,
  version: text('tag').describe('The SemVer version that the section is about, also with a leading `v`.'),
  from: text('ref')
    .nullish()
    .describe(
      'The range begins after this branch, tag or commit. Without it: after the tag of the highest stable version below `version`.',
    ),
  to: text('ref').nullish().describe('The range ends with this branch, tag or commit. The default branch without it.'),
  date: optional(time).describe('The date in the heading. Now without it.'),
  trailer: text('name').nullish().describe('The trailer that a commit must have. `Changelog` without it.'),
  config_file: text('ref').nullish().describe('`.gitlab/changelog_config.yml` without it.'),
  config_file_ref: text('ref').nullish().describe('Where the configuration is read. The default branch without it.'),
})

const inputOf = ({ version, from, to, date, trailer, ...fields }: z.output<typeof input>): ChangelogInput => ({
  ...{ version, from, to, date, trailer },
  configFile: fields.config_file,
  configFileRef: fields.config_file_ref,
})

const bounds = 'A range has at most 15,000 commits.'

const read = rest.get(CHANGELOG, {
  summary: 'A section of a changelog, made from the trailers of commits',
  description: bounds,
  input,
  answers: { 200: z.object({ notes: z.string() }).meta({ id: 'Changelog', description: 'A section in Markdown.' }) },
  failures: [422],
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => ({
    notes: await changelogOf(context, project, inputOf(input)),
  }),
})

const write = rest.post(CHANGELOG, {
  summary: 'Commit a section of a changelog to a file',
  description: `By the rules of a push. A file that has a section of the version stays as it is. ${bounds}`,
  input: input.extend({
    branch: text('ref').nullish().describe('The branch to commit to. The default branch without it.'),
    file: text('ref').nullish().describe('The file. `CHANGELOG.md` without it.'),
    message: text('tagMessage').nullish().describe('The message of the commit.'),
  }),
  ability: 'code:write',
  answers: { 200: z.int() },
  failures: [422],
  find: projectFor('code:read'),
  handle: async ({ context, input, found: project }) => {
    assertCan(context, 'code:write', project)
    const { branch, file, message } = input
    await writeChangelog(context, project, { ...inputOf(input), branch, file, message })
    return 200
  },
})

export const changelogEndpoints = [read, write]
