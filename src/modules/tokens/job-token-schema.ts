import { mutation } from '../../graphql/mutation.ts'
import { createJobToken } from './create-job-token.ts'
import { DEFAULT_LIFETIME_S, MAX_LIFETIME_S } from './job-token-lifetime.ts'

mutation('jobTokenCreate', {
  ability: 'job-token:create',
  description:
    'Create a token for a job, for example of a pipeline. The token acts for the viewer, but writes to one project only. In ' +
    'other projects it reads what every account may read. In its project it may do what a pipeline does, as far as the ' +
    "viewer's role allows. It reads everything except freeze periods, and fetches and pushes with git. It writes releases, " +
    'links, evidence, tags, packages, report artifacts, milestones and issues. It does not change members, settings, ' +
    'protected tags, freeze periods, groups and tokens. It ends at its date, and when the viewer no longer has the role ' +
    'Developer in the project. The viewer must be signed in with an access token; otherwise the answer is `FORBIDDEN`. Not ' +
    'in GitLab.',
  input: (t) => ({
    projectPath: t.id({ required: true, description: 'Full path of the project that the token may write to.' }),
    expiresIn: t.int({
      description: `After how many seconds the token ends: at most ${MAX_LIFETIME_S}. Absent or null: ${DEFAULT_LIFETIME_S}.`,
    }),
  }),
  payload: {
    token: {
      type: 'String',
      description:
        'The token, which is shown only here. Send it as `JOB-TOKEN` or as `Authorization: Bearer`. Null with errors.',
    },
    expiresAt: { type: 'Time', description: 'When the token ends. Null with errors.' },
  },
  run: (context, input) => {
    const { projectPath, expiresIn } = input
    return createJobToken(context, { projectPath, expiresIn })
  },
})
