// Runs in the worker after its glue. Starts it when the compiled module arrives;
// messages that came earlier are kept and handed on in their order.
{
  const early = [];
  self.onmessage = (event) => {
    if (!(event.data instanceof WebAssembly.Module)) {
      early.push(event.data);
      return;
    }
    self.onmessage = null;
    wasm_bindgen.initSync({ module: event.data });
    for (const data of early) self.dispatchEvent(new MessageEvent("message", { data }));
  };
}
