import { db } from '../../src/db.ts'
import type { World } from './world.ts'

type Input = Record<string, unknown>

const linkId = async ({ release }: World) => {
  const link = await db.assetLink.findFirstOrThrow({ where: { releaseId: release.id }, orderBy: { id: 'asc' } })
  return `gid://gitlab/Releases::Link/${link.id}`
}

const ofRelease = ({ project, release }: World) => ({ projectPath: project.fullPath, tagName: release.tag })

/** For each mutation an input that an Owner of the world's project and group may send once. */
export const mutationInputs: Record<string, (world: World) => Promise<Input>> = {
  releaseCreate: async ({ project }) => ({
    projectPath: project.fullPath,
    tagName: 'v2.0.0',
    ref: 'main',
    name: 'Two',
  }),
  releaseUpdate: async (world) => ({ ...ofRelease(world), name: 'Renamed' }),
  releaseDelete: async (world) => ofRelease(world),
  releaseAssetLinkCreate: async (world) => ({ ...ofRelease(world), name: 'extra', url: 'https://example.com/extra' }),
  releaseAssetLinkUpdate: async (world) => ({ id: await linkId(world), name: 'renamed' }),
  releaseAssetLinkDelete: async (world) => ({ id: await linkId(world) }),
}
