import type { Context } from '../../context/context.ts'

export const projectUrl = ({ baseUrl }: Pick<Context, 'baseUrl'>, project: { fullPath: string }) =>
  `${baseUrl}/${project.fullPath}`
