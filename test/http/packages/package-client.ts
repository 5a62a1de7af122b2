import type { TestApp } from '../../support/app.ts'
import type { ViewerName, World } from '../../support/world.ts'

export type SentFile = {
  name?: string
  version?: string
  file?: string
  query?: string
  viewer?: ViewerName
  headers?: Record<string, string>
}

export const as = (world: World, viewer: ViewerName): Record<string, string> => {
  const token = world.tokens[viewer]
  return token ? { 'private-token': token } : {}
}

export function fileUrl(app: TestApp, { project }: World, sent: SentFile = {}): string {
  const { name = 'app', version = '1.0.0', file = 'app.bin', query = '' } = sent
  return `${app.url}/api/v4/projects/${project.id}/packages/generic/${name}/${version}/${file}${query}`
}

export const put = (app: TestApp, world: World, body: BodyInit | null, sent: SentFile = {}) =>
  fetch(fileUrl(app, world, sent), {
    method: 'PUT',
    headers: { ...as(world, sent.viewer ?? 'developer'), ...sent.headers },
    body,
  })

export const get = (app: TestApp, world: World, sent: SentFile = {}) =>
  fetch(fileUrl(app, world, sent), { headers: { ...as(world, sent.viewer ?? 'reporter'), ...sent.headers } })
