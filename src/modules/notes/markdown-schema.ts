import { answerSize } from '../../context/answer-size.ts'
import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { renderText } from './render-text.ts'

/** A long text takes as much time as many rows. */
const RENDERING_COST = 100

builder.queryField('markdownHtml', (t) =>
  t.string({
    description:
      'Markdown as safe HTML, as release notes show it: for previews. With a project, relative addresses lead to files of its default ' +
      'branch, and references such as `#1` are links, for whoever may see what they name. Null for nobody, and for a project that is ' +
      'hidden or missing. Not in GitLab.',
    args: {
      text: t.arg.string({ required: true, description: 'The Markdown.' }),
      projectPath: t.arg.id({ description: 'Full path of the project that the text belongs to.' }),
    },
    extensions: { cost: RENDERING_COST },
    resolve: async (_root, { text, projectPath }, context, info) => {
      const html = await renderText(context, { text, projectPath })
      if (html !== null) answerSize(context).take(html.length, () => placeOfField(info))
      return html
    },
  }),
)
