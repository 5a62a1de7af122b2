import { Command, Option } from 'commander'
import { type RoleName, role as roles } from '../modules/access/roles.ts'
import { type MemberNode, removeMember, setMember } from '../modules/members/write-members.ts'
import { pathOf } from '../modules/projects/namespace.ts'
import { asOperator } from './operator-context.ts'
import { print } from './output.ts'
import { jsonOption, namespaceOf, namespaceOptions, parseDate } from './shared-options.ts'

type Where = { project?: string; group?: string; json?: true }
type SetOptions = Where & { role: RoleName; expires?: Date }

const roleNames = Object.keys(roles).filter((name) => name !== 'none')
const nameOf = (role: number) => Object.entries(roles).find(([, value]) => value === role)?.[0]

const shown = ({ user, role, expiresAt, namespace }: MemberNode) => ({
  path: pathOf(namespace),
  username: user.username,
  role: nameOf(role),
  expiresAt,
})

async function set(username: string, { role, expires: expiresAt, json, ...where }: SetOptions): Promise<void> {
  const input = { ...namespaceOf(where), username, role: roles[role], expiresAt }
  const member = await asOperator((context) => setMember(context, input))
  print({ json }, shown(member), `${member.user.username} is ${role} of ${pathOf(member.namespace)}`)
}

async function remove(username: string, { json, ...where }: Where): Promise<void> {
  const member = await asOperator((context) => removeMember(context, { ...namespaceOf(where), username }))
  print({ json }, shown(member), `${member.user.username} is no member of ${pathOf(member.namespace)} any more`)
}

export const memberCommand = () =>
  new Command('member')
    .description('Give and take roles in projects and groups.')
    .addCommand(
      namespaceOptions(new Command('set').description('Make a user a member, or give a member another role.'))
        .argument('<username>', 'the user')
        .addOption(new Option('--role <role>', 'the role').choices(roleNames).makeOptionMandatory())
        .option('--expires <date>', 'when the role ends; never by default', parseDate)
        .addOption(jsonOption())
        .action(set),
    )
    .addCommand(
      namespaceOptions(new Command('remove').description('Take a membership away; roles from groups above stay.'))
        .argument('<username>', 'the user')
        .addOption(jsonOption())
        .action(remove),
    )
