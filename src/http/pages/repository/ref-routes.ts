import { can } from '../../../access/abilities.ts'
import { projectUrl } from '../../../modules/projects/project-url.ts'
import { sourceFormats, sourceUrl } from '../../../modules/releases/release-urls.ts'
import type { ContextParts } from '../../../request/request-context.ts'
import { cursorLinks, windowIn } from '../kit/cursor-pages.ts'
import { mayFillForms } from '../kit/form-page.ts'
import type { Page } from '../kit/layout.ts'
import { type AskedOfProject, projectPages } from '../kit/pages.ts'
import { queryChoice, queryText } from '../kit/query-values.ts'
import { segmentsBehind } from '../kit/web-request.ts'
import { branchList } from './branch-page.ts'
import { areaUrl } from './ref-address.ts'
import { listedBranches, listedTags, oneTag } from './ref-documents.ts'
import { mayDeleteTag, newBranch, newTag, removeBranch, removeTag } from './ref-forms.ts'
import { tagList, tagPage } from './tag-pages.ts'

const present = <Node>(nodes: readonly (Node | null)[] | null): Node[] =>
  (nodes ?? []).filter((node): node is Node => node !== null)

const mayWrite = ({ context, project }: AskedOfProject): boolean =>
  mayFillForms(context) && can(context.viewer, 'code:write', project)

async function showTags(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const search = queryText(c, 'search', 'search') ?? ''
  const sort = queryChoice(c, 'sort', ['UPDATED_DESC', 'UPDATED_ASC', 'VERSION_DESC', 'NAME_ASC'])
  const shown = await listedTags(context, { project: project.id, search, sort, ...windowIn(c.req.query()) })
  const tags = shown.project?.repository?.tags
  if (!tags) return null
  const body = tagList({
    ...{ project: project.fullPath, tags: present(tags.nodes), search, sort },
    urlOf: (name) => areaUrl(context, project, 'tags', name),
    newUrl: mayWrite(asked) ? `${projectUrl(context, project)}/-/create-tag` : null,
    pages: cursorLinks(tags, { search, sort }),
  })
  return { title: `Tags of ${project.fullPath}`, body }
}

async function showTag(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const name = segmentsBehind(c, 'tags').join('/')
  const tag = (await oneTag(context, { project: project.id, tag: name })).project?.repository?.tag
  if (!tag) return null
  const url = projectUrl(context, project)
  const links = {
    Files: areaUrl(context, project, 'tree', name),
    Commits: areaUrl(context, project, 'commits', name),
    ...((await mayDeleteTag(asked, name, tag.release !== null)) && mayWrite(asked)
      ? { Delete: `${url}/-/delete-tag?name=${encodeURIComponent(name)}` }
      : {}),
  }
  const archives = sourceFormats.map((format) => ({ format, url: sourceUrl(context, { tag: name, project }, format) }))
  return { title: `${name} of ${project.fullPath}`, body: tagPage({ tag, archives, links }) }
}

async function showBranches(asked: AskedOfProject): Promise<Page | null> {
  const { c, context, project } = asked
  const search = queryText(c, 'search', 'search') ?? ''
  const shown = await listedBranches(context, { project: project.id, search, ...windowIn(c.req.query()) })
  const branches = shown.project?.repository?.branches
  if (!branches) return null
  const url = projectUrl(context, project)
  const body = branchList({
    ...{ project: project.fullPath, branches: present(branches.nodes), search },
    commitsUrl: (name) => areaUrl(context, project, 'commits', name),
    newUrl: mayWrite(asked) ? `${url}/-/create-branch` : null,
    deleteUrl: (name) => (mayWrite(asked) ? `${url}/-/delete-branch?name=${encodeURIComponent(name)}` : null),
    pages: cursorLinks(branches, { search }),
  })
  return { title: `Branches of ${project.fullPath}`, body }
}

/** Tags and branches. A tag may have any name, so no form is below `/tags/`. */
export function refRoutes(parts: ContextParts) {
  const pages = projectPages(parts, 'code:read')
  pages.page('/tags', showTags)
  pages.page('/tags/:rest{.+}', showTag)
  pages.page('/branches', showBranches)
  pages.page('/branches/all', showBranches)
  pages.form('/create-tag', newTag)
  pages.form('/delete-tag', removeTag)
  pages.form('/create-branch', newBranch)
  pages.form('/delete-branch', removeBranch)
  return pages.routes
}
