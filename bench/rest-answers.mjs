// Converts answers of Waybill's REST to the shape of its GraphQL, to compare the facts that both have.
const time = (text) => `${new Date(text).toISOString().slice(0, 19)}Z`

const linkOf = ({ id, name, url, direct_asset_url: directAssetUrl, link_type: type }, own) => ({
  id: `gid://gitlab/Releases::Link/${id}`,
  name,
  url,
  linkType: type.toUpperCase(),
  ...own({ directAssetUrl }),
})

const milestoneOf = ({ id, title, description, web_url: webUrl, issue_stats: stats }, own) => ({
  id: `gid://gitlab/Milestone/${id}`,
  title,
  stats: { totalIssuesCount: stats.total, closedIssuesCount: stats.closed },
  ...own({ description, webPath: new URL(webUrl).pathname }),
})

const linksOf = (links) => ({
  selfUrl: links.self,
  openedIssuesUrl: links.opened_issues_url,
  closedIssuesUrl: links.closed_issues_url,
  openedMergeRequestsUrl: links.opened_merge_requests_url,
  mergedMergeRequestsUrl: links.merged_merge_requests_url,
  closedMergeRequestsUrl: links.closed_merge_requests_url,
})

/** `own` adds what only the front end's query asks for, and nothing in a comparison with another query. */
function releaseOf(body, own) {
  const { id, username, name, web_url: webUrl } = body.author
  if (!body.commit?.title) throw new Error(`REST answers ${body.tag_name} without its commit`)
  return {
    name: body.name,
    tagName: body.tag_name,
    descriptionHtml: body.description_html,
    releasedAt: time(body.released_at),
    createdAt: time(body.created_at),
    author: { username, ...(own({ id: `gid://gitlab/User/${id}`, webUrl }) ?? { name }) },
    assets: {
      links: { nodes: body.assets.links.map((link) => linkOf(link, own)) },
      ...own({ count: body.assets.count, sources: { nodes: body.assets.sources } }),
    },
    evidences: {
      nodes: body.evidences.map(({ sha, filepath, collected_at: at }) => ({
        sha,
        collectedAt: time(at),
        ...own({ filepath }),
      })),
    },
    milestones: { nodes: body.milestones.map((milestone) => milestoneOf(milestone, own)) },
    ...own({
      tagPath: body.tag_path,
      upcomingRelease: body.upcoming_release,
      historicalRelease: body.historical_release,
      links: linksOf(body._links),
    }),
  }
}

export const fromRest = (_query, data) =>
  Array.isArray(data)
    ? { project: { releases: { nodes: data.map((body) => releaseOf(body, (facts) => facts)) } } }
    : { project: { release: releaseOf(data, () => undefined) } }
