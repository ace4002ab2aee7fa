// A package for each task, made of the tiny networks that the tests of src/model run. What they answer is known.
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const networks = fileURLToPath(new URL('../../src/model/testdata/', import.meta.url));
const COLOURS = ['red', 'green', 'blue'];
const HEADS = `
[[head]]
name = "category"
tensor = "scores"
softmax = true
[[head]]
name = "attributes"
tensor = "negative"
multi_label = true
sigmoid = true
threshold = 0
`;

/** name: [task, network, what follows [preprocess], labels, how it is resized] */
const PACKAGES = {
  colours: ['classification', 'means', '[output]\nsoftmax = true\n', COLOURS],
  clothes: ['classification', 'two_outputs', HEADS, COLOURS],
  street: ['detection', 'boxes', '[output]\nformat = "separate"\n', ['cat', 'dog']],
  road: ['segmentation', 'identity', '', COLOURS],
  far: ['depth', 'gray', '[output]\nnear = "small"\n'],
  paint: ['image-to-image', 'identity', '[output]\nrange = [0, 1]\n'],
  middle: ['image-to-image', 'identity', '[output]\nrange = [0, 1]\n', undefined, 'resize = "shorter"\nresize_to = 8'],
  alike: ['embedding', 'means', '[output]\nnormalise = true\n'],
  block: ['image-to-voxels', 'cube', '[output]\nside = 0.5\n'],
  insides: ['raw', 'two_outputs', ''],
};

/** Writes FOLDER/NAME/{model.toml,model.onnx,labels.txt} for each. @param {string} folder */
export function writePackages(folder) {
  for (const [name, [task, network, rest, labels, resize]] of Object.entries(PACKAGES)) {
    const home = join(folder, name);
    mkdirSync(home, { recursive: true });
    copyFileSync(join(networks, `${network}.onnx`), join(home, 'model.onnx'));
    if (labels) writeFileSync(join(home, 'labels.txt'), `${labels.join('\n')}\n`);
    writeFileSync(join(home, 'model.toml'), tomlOf(name, task, rest, resize));
  }
}

function tomlOf(name, task, rest, resize = 'resize = "stretch"') {
  return `[model]
name = "${name}"
version = "1"
task = "${task}"
[input]
width = 8
height = 8
[preprocess]
${resize}
mean = 0
scale = ${1 / 255}
${rest}`;
}
