import { Command, Option } from 'commander'
import { type RoleName, role as roles } from '../access/roles.ts'
import { listMembers } from '../client/finding.ts'
import { type Member, removeMember, setMember } from '../client/members.ts'
import { type ListOptions, printList, withLimit } from './list-options.ts'
import { type NamespaceOptions, namespaceOf, withNamespace } from './namespace-options.ts'
import { print } from './output.ts'
import { serverOf } from './server-options.ts'
import { parseDate } from './shared-options.ts'

type SetOptions = NamespaceOptions & { role: RoleName; expires?: Date }

const roleNames = Object.keys(roles).filter((name) => name !== 'none')

async function set(username: string, options: SetOptions): Promise<void> {
  const { role, expires: expiresAt } = options
  const member = await setMember(serverOf(options), namespaceOf(options), { username, role, expiresAt })
  print(options, member, `${member.username} is ${member.role} of ${member.path}`)
}

async function remove(username: string, options: NamespaceOptions): Promise<void> {
  const member = await removeMember(serverOf(options), namespaceOf(options), username)
  print(options, member, `${member.username} is no member of ${member.path} any more`)
}

async function list(options: NamespaceOptions & ListOptions): Promise<void> {
  const found = await listMembers(serverOf(options), namespaceOf(options), options.limit)
  const line = ({ username, role, expiresAt }: Member) => [username, role, expiresAt ?? []].flat().join('\t')
  printList(options, found, { line, none: 'There are no members that you may see' })
}

export const memberCommand = () =>
  new Command('member')
    .description('Give, take and list roles in projects and groups.')
    .addCommand(
      withNamespace(new Command('set').description('Make a user a member, or give a member another role.'))
        .argument('<username>', 'the user')
        .addOption(new Option('--role <role>', 'the role').choices(roleNames).makeOptionMandatory())
        .option('--expires <date>', 'when the role ends; never by default', parseDate)
        .action(set),
    )
    .addCommand(
      withNamespace(new Command('remove').description('Remove a member. Roles from the groups above stay.'))
        .argument('<username>', 'the user')
        .action(remove),
    )
    .addCommand(
      withLimit(withNamespace(new Command('list').description('List the own members, the highest role first.'))).action(
        list,
      ),
    )
