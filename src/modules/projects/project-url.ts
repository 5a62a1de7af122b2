import type { Context } from '../../context/context.ts'

export const projectUrl = ({ baseUrl }: Context, project: { fullPath: string }) => `${baseUrl}/${project.fullPath}`
