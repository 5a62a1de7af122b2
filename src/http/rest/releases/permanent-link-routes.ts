// The permanent URLs of a project's releases and of their links (docs/contract/releases.md#rest).
import { z } from 'zod'
import { findLinkByPath } from '../../../modules/assets/asset-loaders.ts'
import { latestRelease } from '../../../modules/releases/latest-release.ts'
import { asciiLocation } from '../../ascii-location.ts'
import { sendLinkedFile } from '../../files/send-linked-file.ts'
import { type Call, endpointsOf } from '../kit/endpoint.ts'
import { flag, optional, text } from '../kit/fields.ts'
import { notFound } from '../kit/rest-errors.ts'
import { getRelease, projectFor } from '../kit/subjects.ts'
import { projectId, tagName } from './release-input.ts'

const rest = endpointsOf('Releases')
const LATEST = '/permalink/latest'

/** Refuses `..`, because a browser or a proxy would resolve it to another place. */
const tail = text('ref').refine((path) => !path.split('/').some((segment) => segment === '..'))

const redirect = (location: string) =>
  new Response(null, { status: 302, headers: { location: asciiLocation(location) } })

const download = rest.get('/projects/:id/releases/:tag_name/downloads/:direct_asset_path{.+}', {
  operationId: 'downloadProjectReleaseAsset',
  summary: 'Follow a link of a release by its permanent path',
  input: z.object({ id: projectId, tag_name: tagName, direct_asset_path: tail }),
  description:
    'Answers with the file when the link leads to a package file of the same project, and redirects otherwise. An ' +
    'answer with a file supports ranges, `ETag` and `Last-Modified`.',
  answers: { 200: null, 206: null, 302: null },
  failures: [416],
  streams: true,
  find: projectFor('release:read', 'code:read'),
  handle: async ({ context, input, found: project, request, storage }) => {
    const release = await getRelease(context, project, input.tag_name)
    const link = await findLinkByPath(context, release, `/${input.direct_asset_path}`)
    const own = link && (await sendLinkedFile(context, link, request, storage))
    if (!link || own === null) throw notFound()
    return own ?? redirect(link.url)
  },
})

/** The rest of the path, encoded as the client sent it, and the query without the parameters that chose the release. */
function restOf({ url }: Call): string {
  const suffix = url.pathname.slice(url.pathname.indexOf(LATEST) + LATEST.length).replace(/\/$/, '')
  const query = new URLSearchParams(url.search)
  query.delete('order_by')
  query.delete('stable')
  return suffix + (query.size > 0 ? `?${query}` : '')
}

const latestInput = z.object({
  id: projectId,
  stable: optional(flag).describe(
    'Whether to follow the latest stable release: the marked one, or else the highest stable version. Without it, as the ' +
      'project says.',
  ),
})

const latest = (operationId: string, path: string, input: typeof latestInput) =>
  rest.get(path, {
    operationId,
    summary: 'Redirect to the latest release, which may be an upcoming release unless `stable` is true',
    input,
    answers: { 302: null },
    find: projectFor('release:read', 'code:read'),
    handle: async (call) => {
      const { context, found: project, input } = call
      const release = await latestRelease(context, project, { stable: input.stable ?? project.permalinkIsStable })
      if (!release) throw notFound()
      const root = new URL(context.baseUrl).pathname.replace(/\/$/, '')
      const place = `${root}/api/v4/projects/${project.id}/releases/${encodeURIComponent(release.tag)}`
      return redirect(place + restOf(call))
    },
  })

export const permanentLinkEndpoints = [
  latest('getLatestProjectRelease', `/projects/:id/releases${LATEST}`, latestInput),
  latest(
    'getLatestProjectReleasePart',
    `/projects/:id/releases${LATEST}/:suffix{.+}`,
    latestInput.extend({
      suffix: tail.describe('The rest of the path below the release, such as `downloads/bin/linux`.'),
    }),
  ),
  download,
]
