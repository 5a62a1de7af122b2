import { mutation } from '../../graphql/mutation.ts'
import { createJobToken, DEFAULT_LIFETIME_S, MAX_LIFETIME_S } from './create-job-token.ts'

mutation('jobTokenCreate', {
  ability: 'job-token:create',
  description:
    'Make a token for a job, such as one of a pipeline: it acts for the viewer, but writes to one project only and reads ' +
    "of others what every account may. In its project it does what a pipeline does, as far as the viewer's role allows: it " +
    'reads all but freeze periods, fetches and pushes with git, and writes releases, links, evidence, tags, packages, ' +
    'report artifacts, milestones and issues. It changes neither who may do what nor what the project is: members, ' +
    'settings, protected tags, freeze periods, groups and tokens are closed to it. It ends by its date, and as soon as the ' +
    'viewer has not the role Developer in the project any more. For who is signed in with an access token (else ' +
    '`FORBIDDEN`). Not in GitLab.',
  input: (t) => ({
    projectPath: t.id({ required: true, description: 'Full path of the project that it may write to.' }),
    expiresIn: t.int({
      description: `After how many seconds it ends: at most ${MAX_LIFETIME_S}; ${DEFAULT_LIFETIME_S} when absent or null.`,
    }),
  }),
  payload: {
    token: {
      type: 'String',
      description:
        'The token, shown this once: send it as `JOB-TOKEN` or as `Authorization: Bearer`. Null with errors.',
    },
    expiresAt: { type: 'Time', description: 'When it ends; null with errors.' },
  },
  run: (context, input) => {
    const { projectPath, expiresIn } = input
    return createJobToken(context, { projectPath, expiresIn })
  },
})
