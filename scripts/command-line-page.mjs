const WIDTH = 100

/** The output of `--help` for a command, on a terminal as wide as the page. */
function helpOf(command) {
  let text = ''
  command.configureOutput({
    writeOut: (piece) => {
      text += piece
    },
    getOutHelpWidth: () => WIDTH,
    getOutHasColors: () => false,
  })
  command.outputHelp()
  return text.trimEnd()
}

const withChildren = (command, names) => [
  { command, name: [...names, command.name()].join(' ') },
  ...command.commands.flatMap((child) => withChildren(child, [...names, command.name()])),
]

const anchorOf = (name) => name.replaceAll(' ', '-')

/** The text of docs/guide/command-line.md, generated from the commands. */
export function commandLinePage(program) {
  const [all, ...commands] = withChildren(program, [])
  const contents = commands.map(({ command, name }) => `- [\`${name}\`](#${anchorOf(name)}): ${command.description()}`)
  const sections = commands.map(({ command, name }) => `## ${name}\n\n\`\`\`text\n${helpOf(command)}\n\`\`\`\n`)
  return `# Command line

<!-- Printed by \`npm run docs\` from the commands in src/commands. Do not edit it by hand. -->

\`waybill\` is \`node waybill.mjs\` with the file that [every server hands out](pipelines.md#the-command-line), \`npx waybill\` in a
clone of the repository, and \`waybill\` where a server is installed. Every command has \`--help\`, which prints what is below.

\`\`\`text
${helpOf(all.command)}
\`\`\`

${contents.join('\n')}

${sections.join('\n')}`
}
