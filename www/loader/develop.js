// `trunk serve` only: the same two functions as in the packed file (page.js), over http.
{
  const address = (name) => new URL(name, document.baseURI).href;
  const scripts = [address("worker.js"), address("loader/worker.js")].map((name) => JSON.stringify(name));
  const source = URL.createObjectURL(new Blob([`importScripts(${scripts})`], { type: "text/javascript" }));
  const compiled = WebAssembly.compileStreaming(fetch(address("worker_bg.wasm")));

  globalThis.steerscopeWorker = () => {
    const worker = new Worker(source);
    compiled.then((compiledModule) => worker.postMessage(compiledModule));
    return worker;
  };
  globalThis.steerscopeExample = async () => {
    const response = await fetch(address("demo.zip"));
    return response.ok ? response.arrayBuffer() : undefined;
  };
}
