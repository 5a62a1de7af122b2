// The projects of an account, which the page of the account shows.
import { builder } from '../../graphql/builder.ts'
import { planBelow } from '../../rows/plan-below.ts'
import { toWindow } from '../../rows/window.ts'
import { UserCore } from '../users/user-schema.ts'
import { findProjects } from './find-projects.ts'
import { ProjectType } from './project-schema.ts'
import { projectPageTypes } from './projects-schema.ts'

builder.prismaObjectField(UserCore, 'ownedProjects', (t) =>
  t.connection(
    {
      type: ProjectType,
      internal: true,
      nullable: false,
      description:
        'The projects that it owns, itself or by a group above, the last active first. Only projects whose members the viewer may read.',
      resolve: ({ id }, args, context, info) => {
        const order = { sort: 'latest_activity_desc', plan: planBelow(info, context), window: toWindow(args) } as const
        return findProjects(context, { ownerId: id }, order)
      },
    },
    ...projectPageTypes,
  ),
)
