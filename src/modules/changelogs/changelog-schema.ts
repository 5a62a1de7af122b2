import { answerSize } from '../../context/answer-size.ts'
import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { ProjectType } from '../projects/project-schema.ts'
import { changelogOf } from './changelog-service.ts'
import { beginWalk } from './history-walks.ts'

/** Git walks up to 15,000 commits. */
const CHANGELOG_COST = 100

builder.prismaObjectField(ProjectType, 'changelog', (t) =>
  t.string({
    access: { needs: 'code:read', otherwise: null },
    description:
      'A section of a changelog in Markdown: the commits of a range whose message has the trailer `Changelog`. The file ' +
      '`.gitlab/changelog_config.yml` of the default branch shapes it. Not in GitLab, where REST has it.',
    args: {
      version: t.arg.string({ required: true, description: 'The SemVer version that the section is about.' }),
      from: t.arg.string({
        description:
          'Branch, tag or commit that the range begins after. Absent: the tag of the highest stable version below `version`.',
      }),
      to: t.arg.string({
        description: 'Branch, tag or commit that the range ends with. Absent: the default branch.',
      }),
    },
    extensions: { cost: CHANGELOG_COST },
    resolve: async (project, args, context, info) => {
      beginWalk(context)
      const section = await changelogOf(context, project, args)
      answerSize(context).take(section.length, () => placeOfField(info))
      return section
    },
  }),
)
