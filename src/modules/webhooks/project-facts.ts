// The parts that bodies of several events have.
import { timeAtOffset } from '../../foundation/time.ts'
import type { Group, Project } from '../../generated/prisma/client.ts'
import { findDefaultBranch } from '../../git/branches.ts'
import type { PushedCommit } from '../../git/pushed-commits.ts'
import { projectUrl } from '../projects/project-url.ts'

export type BodyParts = { baseUrl: string; directory: (projectId: number) => string; signal: AbortSignal }

export type ProjectWithGroup = Project & { group: Group }

const levels = { private: 0, internal: 10, public: 20 } as const

/** There is no SSH, so the URL of a clone is that of HTTP. */
export async function projectFacts(project: ProjectWithGroup, { baseUrl, directory }: BodyParts) {
  const webUrl = projectUrl({ baseUrl }, project)
  const cloneUrl = `${webUrl}.git`
  const avatar = project.avatarUrl
  return {
    id: project.id,
    name: project.name,
    description: project.description,
    web_url: webUrl,
    avatar_url: avatar === null ? null : new URL(avatar, `${baseUrl}/`).href,
    git_ssh_url: null,
    git_http_url: cloneUrl,
    namespace: project.group.name,
    visibility_level: levels[project.visibility],
    path_with_namespace: project.fullPath,
    default_branch: await findDefaultBranch(directory(project.id)),
    ci_config_path: null,
    homepage: webUrl,
    url: cloneUrl,
    ssh_url: null,
    http_url: cloneUrl,
  }
}

/** From 100 characters on a title is cut to 81 with an ellipsis. */
const MAX_TITLE = 100
const CUT_TITLE = 80

const cutTitle = (title: string) => (title.length < MAX_TITLE ? title : `${title.slice(0, CUT_TITLE)}…`)

export const commitFacts = ({ commit }: PushedCommit, project: Project, { baseUrl }: BodyParts) => ({
  id: commit.sha,
  message: commit.message,
  title: cutTitle(commit.title),
  timestamp: timeAtOffset(commit.committedDate, commit.committedOffset).replace(/\.\d+/, ''),
  url: `${projectUrl({ baseUrl }, project)}/-/commit/${commit.sha}`,
  author: { name: commit.authorName, email: commit.authorEmail },
})
