// Runs in the packed page, after the page's own glue and in the same script: `__wbg_init` is the glue's.
// Wasm and the example are deflated base64 in data blocks; nothing is fetched. `painted.js` and the worker's glue stand before
// this script, then come the page's wasm, in pieces, and the rest.

const packed = (id) => document.getElementById(id)?.textContent;

function bytesOf(base64) {
  if (Uint8Array.fromBase64) return Uint8Array.fromBase64(base64);
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return bytes;
}

/** Compiles while it inflates. `stream` gives deflated wasm. */
function compiled(stream) {
  const wasm = stream.pipeThrough(new DecompressionStream("deflate-raw"));
  return WebAssembly.compileStreaming(new Response(wasm, { headers: { "content-type": "application/wasm" } }));
}

// Leptos sets the fixed parts of a view as markup. That passes; markup that could run or load something does not.
const runs = /<\s*(script|iframe|object|embed|base|meta|link|form)\b|\son\w+\s*=|javascript:|srcdoc/i;
globalThis.trustedTypes?.createPolicy("default", {
  createHTML: (markup) => (runs.test(markup) ? null : markup),
});

const workerSource = URL.createObjectURL(new Blob([packed("worker-glue")], { type: "text/javascript" }));
const workerAddress =
  globalThis.trustedTypes?.createPolicy("steerscope", {
    createScriptURL: (address) => (address === workerSource ? address : null),
  }).createScriptURL(workerSource) ?? workerSource;

// Every data block is there.
const parsed = new Promise((resolve) => {
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", resolve, { once: true });
  else resolve();
});

// The page's wasm, piece by piece as the browser reads this file. A piece is whole once something stands behind it.
const pieces = new ReadableStream({
  start(controller) {
    let next = null;
    const take = () => {
      next ??= document.querySelector(".page-wasm");
      while (next?.classList.contains("page-wasm") && next.nextElementSibling) {
        controller.enqueue(bytesOf(next.textContent));
        next = next.nextElementSibling;
      }
      // The worker's wasm has begun, however long it is.
      if (next && !next.classList.contains("page-wasm")) {
        watch.disconnect();
        controller.close();
      }
    };
    const watch = new MutationObserver(take);
    watch.observe(document.body, { childList: true });
    take();
  },
});

const pageModule = compiled(pieces);
// Once the page stands: at the same time they would take each other's processors.
let stands;
const standing = new Promise((resolve) => (stands = resolve));
const workerModule = Promise.all([standing, parsed]).then(() => compiled(new Blob([bytesOf(packed("worker-wasm"))]).stream()));

/** A fresh worker. It may be sent messages at once: they wait for its module. A module that fails is an `error` event. */
globalThis.steerscopeWorker = () => {
  const worker = new Worker(workerAddress);
  workerModule.then(
    (compiledModule) => worker.postMessage(compiledModule),
    (error) => worker.dispatchEvent(new ErrorEvent("error", { message: String(error) })),
  );
  return worker;
};

/** The built-in example bundle as an `ArrayBuffer` of its own, or undefined in a build without one. */
globalThis.steerscopeExample = async () => {
  await parsed;
  return packed("example") ? bytesOf(packed("example")).buffer : undefined;
};

try {
  const [module] = await Promise.all([pageModule, steerscopePainted]);
  // Not `initSync`: Chromium refuses to make an instance of more than 8 MB while the page waits.
  await __wbg_init({ module_or_path: module });
  performance.mark("steerscope-ready");
  stands();
} catch (error) {
  const sentence = document.createElement("p");
  sentence.textContent = `steerscope could not start in this browser: ${error}. It needs a current Chromium, Firefox or Safari.`;
  (document.getElementById("starting") ?? document.body).append(sentence);
  throw error;
}
