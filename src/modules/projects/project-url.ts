import type { Context } from '../../context/context.ts'

/** The URL of the project's page. */
export const projectUrl = ({ baseUrl }: Context, project: { fullPath: string }) => `${baseUrl}/${project.fullPath}`
