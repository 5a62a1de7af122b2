import { builder } from '../../graphql/builder.ts'

const excluded = 'The time itself is excluded.'

/** The arguments that narrow a list of releases: of one project, or of the projects of a group. */
export const filterArguments = (of: 'project' | 'group') => {
  const refused = of === 'project'
  const elsewhere = refused ? '' : ' Releases of projects where the viewer has no such ability are left out.'
  return builder.args((arg) => ({
    updatedAfter: arg.field({ type: 'Time', description: `Only releases that changed after this time. ${excluded}` }),
    updatedBefore: arg.field({ type: 'Time', description: `Only releases that changed before this time. ${excluded}` }),
    releasedAfter: arg.field({ type: 'Time', description: `Only releases dated after this time. ${excluded}` }),
    releasedBefore: arg.field({ type: 'Time', description: `Only releases dated before this time. ${excluded}` }),
    search: arg.string({
      description:
        'Only releases with all these words in their title or the first 100,000 characters of their notes, in any letter case. ' +
        '`"two words"` stand together, `or` lets one do, and `-word` excludes. Viewers without `code:read` search the notes ' +
        'alone, because a title may be a tag. Not in GitLab.',
    }),
    milestoneTitle: arg.string({
      ...(refused ? { access: { needs: 'milestone:read' as const } } : {}),
      description: `Only releases with a milestone of this title. Needs \`milestone:read\`.${elsewhere} Not in GitLab.`,
    }),
    tagPrefix: arg.string({
      ...(refused ? { access: { needs: 'code:read' as const } } : {}),
      description: `Only releases whose tag begins with this. Needs \`code:read\`, because it reveals tags.${elsewhere} Not in GitLab.`,
    }),
    author: arg.string({ description: 'Only releases that the account with this username created. Not in GitLab.' }),
  }))
}
