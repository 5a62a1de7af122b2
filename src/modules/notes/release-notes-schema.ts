import { placeOfField } from '../../context/field-place.ts'
import { builder } from '../../graphql/builder.ts'
import { ReleaseType } from '../releases/release-schema.ts'
import { keptHtmlOf } from '../releases/release-text.ts'
import { descriptionHtmlOf } from './release-notes.ts'

builder.prismaObjectField(ReleaseType, 'descriptionHtml', (t) =>
  t.string({
    kept: true,
    access: 'public',
    description:
      'The release notes as safe HTML. Empty without notes. Relative addresses lead to files at the tag, with access to the code. ' +
      'References such as `#1` are links for whoever may see what they name.',
    reads: ['descriptionHtml', 'rendererVersion'],
    resolve: (release, _args, context, info) => descriptionHtmlOf(context, release, () => placeOfField(info)),
  }),
)

builder.prismaObjectField(ReleaseType, 'keptHtml', (t) =>
  t.string({
    internal: true,
    access: 'public',
    description:
      'The notes as HTML for any viewer, with placeholders for what depends on the viewer. It must be filled before it is shown.',
    reads: ['descriptionHtml', 'rendererVersion'],
    resolve: (release, _args, context, info) => keptHtmlOf(context, release, () => placeOfField(info)),
  }),
)
