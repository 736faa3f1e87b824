// A file of the person's own, as the control API takes it: base64, pictures as PNG.

const PICTURE = /^image\/(png|jpeg|webp|gif|bmp)$/;
const LONGEST_SIDE = 2000;

export async function readFile(file) {
  const photo = PICTURE.test(file.type);
  const content = photo ? await asPng(file) : file;
  return { name: file.name, content: await base64(content), photo };
}

async function asPng(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}

function base64(content) {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.slice(reader.result.indexOf(",") + 1));
    reader.onerror = () => failed(new Error("读不了这个文件"));
    reader.readAsDataURL(content);
  });
}
