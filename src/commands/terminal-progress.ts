/** Redraws one line on a terminal, as git does. Prints nothing elsewhere. */
export function terminalProgress(): { show: (line: string) => void; clear: () => void } {
  const draw = (line: string) => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line.slice(0, process.stderr.columns - 1)}`)
  }
  return { show: draw, clear: () => draw('') }
}
