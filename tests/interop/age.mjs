// The other side of the interoperability tests: age-encryption (typage) and the age project's test vectors.
// Reads one JSON array of requests from standard input, writes one JSON array of answers. Bytes travel as base64.
import { Decrypter, Encrypter, generateHybridIdentity, identityToRecipient } from "age-encryption";

const bytes = (text) => new Uint8Array(Buffer.from(text, "base64"));
const text = (content) => Buffer.from(content).toString("base64");

const operations = {
  async generate() {
    const identity = await generateHybridIdentity();
    return { identity, recipient: await identityToRecipient(identity) };
  },
  async recipient({ identity }) {
    return await identityToRecipient(identity);
  },
  async seal({ recipients, passphrase, plaintext, work }) {
    const encrypter = new Encrypter();
    for (const recipient of recipients ?? []) encrypter.addRecipient(recipient);
    if (passphrase !== undefined) {
      encrypter.setPassphrase(passphrase);
      encrypter.setScryptWorkFactor(work);
    }
    return text(await encrypter.encrypt(bytes(plaintext)));
  },
  async open({ identity, passphrase, sealed }) {
    const decrypter = new Decrypter();
    if (identity !== undefined) decrypter.addIdentity(identity);
    if (passphrase !== undefined) decrypter.addPassphrase(passphrase);
    return text(await decrypter.decrypt(bytes(sealed)));
  },
  async vectors() {
    const vectors = await import("cctv-age");
    return Object.fromEntries(Object.entries(vectors).map(([name, content]) => [name, text(content)]));
  },
};

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const answers = [];
for (const request of JSON.parse(Buffer.concat(chunks).toString())) {
  try {
    answers.push({ ok: await operations[request.do](request) });
  } catch (error) {
    answers.push({ error: String(error) });
  }
}
process.stdout.write(JSON.stringify(answers));
