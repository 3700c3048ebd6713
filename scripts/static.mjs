// Builds static/dist: each style sheet and script directly in static/css and static/js becomes one file (what
// they import lies in folders below), static/icons is copied; all are named by their content, so that a browser may keep
// them forever. dist/manifest.json leads from the plain name to the file and its digest.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../static', import.meta.url));
const dist = join(root, 'dist');
const fresh = join(root, '.dist');

function sources(folder, ending) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => join(path, entry.name));
}

function manifest(outputs) {
  const entries = Object.entries(outputs).filter(([, output]) => output.entryPoint);
  return Object.fromEntries(entries.map(([path, output]) => {
    const file = basename(path);
    const digest = createHash('sha384').update(readFileSync(join(fresh, file))).digest('base64');
    return [basename(output.entryPoint), { file, integrity: `sha384-${digest}` }];
  }).sort());
}

rmSync(fresh, { recursive: true, force: true });
const result = await build({
  absWorkingDir: root,
  entryPoints: [...sources('css', '.css'), ...sources('js', '.js'), ...sources('icons', '')],
  outdir: fresh,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  loader: { '.png': 'copy', '.ico': 'copy', '.webp': 'copy', '.svg': 'copy', '.webmanifest': 'copy' },
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2020', 'firefox102', 'chrome90', 'safari14.1'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
});
if (result.warnings.length > 0) process.exit(1); // a warning is a mistake in a style sheet that no browser would name
writeFileSync(join(fresh, 'manifest.json'), `${JSON.stringify(manifest(result.metafile.outputs), null, 2)}\n`);
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
