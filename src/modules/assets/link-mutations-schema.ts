import { assertNullOnlyIn, mutation } from '../../graphql/mutation.ts'
import { ReleaseAssetLink, ReleaseAssetLinkType } from './link-schema.ts'
import { createLink, deleteLink, updateLink } from './link-service.ts'

const name = 'Name, unique in the release.'
const url = 'Absolute http, https or ftp URL, unique in the release.'
const directAssetPath = 'Path of the permanent URL: `/` and at least three characters of `A-Za-z0-9_-./`.'

mutation('releaseAssetLinkCreate', {
  ability: 'release:update',
  description: 'Add a link to a release. Needs the role Developer, and the right to create the tag.',
  input: (t) => ({
    projectPath: t.id({ required: true, description: 'Full path of the project.' }),
    tagName: t.string({ required: true, description: 'Tag of the release.' }),
    name: t.string({ required: true, description: name }),
    url: t.string({ required: true, description: url }),
    directAssetPath: t.string({ description: directAssetPath }),
    linkType: t.field({ type: ReleaseAssetLinkType, defaultValue: 'other', description: 'What the link leads to.' }),
  }),
  payload: { link: ReleaseAssetLink },
  run: async (context, input) => {
    const { directAssetPath: path, linkType, ...link } = input
    return { link: await createLink(context, { ...link, filepath: path ?? null, linkType: linkType ?? 'other' }) }
  },
})

mutation('releaseAssetLinkUpdate', {
  ability: 'release:update',
  description: 'Change a link. Needs the role Developer, and the right to create the tag.',
  input: (t) => ({
    id: t.field({ type: 'ReleasesLinkID', required: true, description: 'Global ID of the link.' }),
    name: t.string({ description: `${name} Must not be null.` }),
    url: t.string({ description: `${url} Must not be null.` }),
    directAssetPath: t.string({ description: `${directAssetPath} Null removes it.` }),
    linkType: t.field({ type: ReleaseAssetLinkType, description: 'What the link leads to. Must not be null.' }),
  }),
  payload: { link: ReleaseAssetLink },
  run: async (context, input) => {
    assertNullOnlyIn(input, 'directAssetPath')
    const { directAssetPath: filepath, ...changes } = input
    return { link: await updateLink(context, { ...changes, filepath }) }
  },
})

mutation('releaseAssetLinkDelete', {
  ability: 'release:update',
  description: 'Delete a link. Needs the role Developer, and the right to create the tag.',
  input: (t) => ({ id: t.field({ type: 'ReleasesLinkID', required: true, description: 'Global ID of the link.' }) }),
  payload: { link: ReleaseAssetLink },
  run: async (context, input) => ({ link: await deleteLink(context, input) }),
})
