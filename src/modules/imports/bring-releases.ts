import type { Context } from '../../context/context.ts'
import type { Project } from '../../generated/prisma/client.ts'
import { bring, type Run } from './bring.ts'
import { afterGroupMilestones } from './bring-milestones.ts'
import { leave } from './import-progress.ts'
import type { OpenedSource } from './sources/open-source.ts'
import type { SourceRelease } from './sources/source.ts'
import { writeRelease } from './write-release.ts'

/** Makes links to the files of imported packages lead to the files of this server. `urls`: how their addresses at the source begin. */
function withOwnLinks<Row extends SourceRelease>({ links, ...row }: Row, urls: string[], ownUrl: string) {
  const own = (url: string) => {
    const prefix = urls.find((one) => url.toLowerCase().startsWith(one.toLowerCase()))
    return prefix === undefined ? url : ownUrl + url.slice(prefix.length)
  }
  return { ...row, links: links.map((link) => ({ ...link, url: own(link.url) })) }
}

async function* withCommits(pages: AsyncIterable<SourceRelease[]>, { repositories }: Context, { id }: Project) {
  for await (const page of pages) {
    yield await Promise.all(page.map(async (row) => ({ ...row, sha: await repositories.resolveTag(id, row.tag) })))
  }
}

export async function bringReleases(run: Run, source: OpenedSource): Promise<void> {
  const { project, progress } = run
  const { id, paths } = run.source
  const context = await run.renew()
  const ownUrl = `${context.baseUrl}/api/v4/projects/${project.id}/packages/generic/`
  const target = { project, leave: leave.bind(null, progress) }
  await bring(run, {
    subject: 'release',
    pages: withCommits(afterGroupMilestones(run, source, source.releases()), context, project),
    keyOf: ({ tag }) => tag,
    formerly: ({ sha, ...row }) => {
      const former = source.formerRelease(row)
      return paths.map((path) => ({ ...withOwnLinks(former, source.packageUrls([id, path]), ownUrl), sha }))
    },
    write: (context, { sha, ...row }, isKnown) => {
      const urls = source.packageUrls([id, ...paths])
      return writeRelease(context, { ...withOwnLinks(row, urls, ownUrl), sha }, { ...target, isKnown })
    },
  })
}
