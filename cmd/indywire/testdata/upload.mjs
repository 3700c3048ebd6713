// Uploads a file with tus-js-client, as a browser of a reporter does.
//
//   node upload.mjs FILE TICKET HOST PORT [PORT]
//
// HOST leads to this machine whatever a resolver says. It writes how many bytes are sent, one number a line, and at the end the upload's
// address. With two ports the parts go to them by turns, as to two nodes.
import { createReadStream, statSync } from 'node:fs';
import { DefaultHttpStack, Upload } from 'tus-js-client';

const [path, ticket, host, ...ports] = process.argv.slice(2);
const size = statSync(path).size;

// Newer Node.js asks for all addresses, older for one.
const lookup = (_, options, done) => (options.all ? done(null, [{ address: '127.0.0.1', family: 4 }]) : done(null, '127.0.0.1', 4));

const at = (port, address) => {
  const url = new URL(address, `http://${host}:${port}`);
  url.port = port;
  return url.toString();
};

// send sends parts until all are there or, with two nodes, one is; it gives the upload's address.
function send(turn, address) {
  const port = ports[turn % ports.length];
  return new Promise((resolve, reject) => {
    const upload = new Upload(createReadStream(path), {
      endpoint: at(port, '/uploads/'),
      uploadUrl: address ? at(port, address) : null,
      uploadSize: size,
      chunkSize: ports.length > 1 ? 5_000_000 : 16_000_000,
      metadata: { ticket, filename: 'filme.mp4', filetype: 'video/mp4' },
      retryDelays: Array(120).fill(250),
      storeFingerprintForResuming: false,
      httpStack: new DefaultHttpStack({ lookup }),
      onProgress: (sent) => console.log(sent),
      onChunkComplete: (_, accepted) => {
        if (ports.length > 1 && accepted < size) upload.abort().then(() => resolve({ address: upload.url, done: false }), reject);
      },
      onError: reject,
      onSuccess: () => resolve({ address: upload.url, done: true }),
    });
    upload.start();
  });
}

let state = { address: null, done: false };
for (let turn = 0; !state.done; turn++) state = await send(turn, state.address);
console.log(`done ${new URL(state.address).pathname}`);
