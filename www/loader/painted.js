// The first script of the packed page, so that it asks for the first frame: that is drawn while the rest is still read.
/** A frame has been drawn, or none will be since the page is hidden. */
globalThis.steerscopePainted = new Promise((resolve) => {
  if (document.hidden) resolve();
  requestAnimationFrame(() => setTimeout(resolve));
  setTimeout(resolve, 100);
});
