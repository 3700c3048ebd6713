// Reads `go test -json` and writes what `go test` writes, and a line for each test that was skipped, with its reason:
// without -v go says nothing of those.
import { createInterface } from 'node:readline'

const said = new Map() // what each test wrote, until it is known how it ended

const test = (e) => `${e.Package} ${e.Test}`
const lines = (key) => (said.get(key) ?? []).join('')

function forget(key) {
  said.delete(key)
}

function reason(key) {
  return lines(key)
    .split('\n')
    .filter((l) => !/^\s*(===|---)/.test(l))
    .map((l) => l.trim().replace(/^[\w.]+\.go:\d+: /, ''))
    .filter((l) => l !== '')
    .join(' ')
}

function ended(e) {
  const key = test(e)
  if (e.Action === 'fail') process.stdout.write(lines(key))
  if (e.Action === 'skip') console.log(`skipped: ${key}: ${reason(key)}`)
  forget(key)
}

// A package may end without its tests, by a panic or the time limit.
function unfinished(pkg) {
  for (const key of [...said.keys()].filter((k) => k.startsWith(`${pkg} `))) {
    process.stdout.write(lines(key))
    forget(key)
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  let e
  try {
    e = JSON.parse(line)
  } catch {
    console.log(line) // of the go command itself
    continue
  }
  if (e.Action === 'build-output') process.stdout.write(e.Output)
  else if (e.Action === 'output' && e.Test) said.set(test(e), [...(said.get(test(e)) ?? []), e.Output])
  else if (e.Action === 'output' && e.Output !== 'PASS\n') process.stdout.write(e.Output)
  else if (['pass', 'fail', 'skip'].includes(e.Action) && e.Test) ended(e)
  else if (e.Action === 'fail') unfinished(e.Package)
}
