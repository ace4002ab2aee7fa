// `darkroom model add FILE.onnx|DIR`: a network, or a package, into the folder of one's own packages.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/log.h"
#include "cli/commands.h"
#include "cli/model_commands.h"
#include "cli/output.h"
#include "cli/package_add.h"

namespace darkroom::cli {
namespace {

using model::Task;

constexpr Task kTasks[] = {Task::kClassification, Task::kDetection, Task::kSegmentation,  Task::kDepth,
                           Task::kImageToImage,   Task::kEmbedding, Task::kImageToVoxels, Task::kRaw};

struct AddFlags {
  SettingFlags settings;
  std::string from;
  std::string name;
  std::string task;
  std::string labels;
  std::string onnxruntime;
};

void PrintGuesses(const AddedPackage& added) {
  if (added.guesses.empty()) return;
  Print("guessed, and to be looked at in {}:\n", added.package.toml_path.string());
  for (const Guess& guess : added.guesses) Print("  {} = {}\n      {}\n", guess.key, guess.value, guess.why);
  Print(
      "A wrong guess seldom fails; it makes the answers worse. Try it on pictures whose answer you know:\n"
      "  darkroom model check {} --image PICTURE\n",
      added.package.toml_path.parent_path().string());
}

int RunAdd(const AddFlags& flags) {
  const auto folder = OwnFolder(flags.settings);
  if (!folder) return PrintError(folder.error()), kUsage;
  AddOptions options{.from = flags.from, .models = *folder, .name = flags.name, .task = {}, .labels = flags.labels};
  for (const Task task : kTasks) {
    if (Name(task) == flags.task) options.task = task;
  }
  model::Runtime runtime({flags.onnxruntime});
  const auto added = AddPackage(options, runtime);
  if (!added) return PrintError(added.error()), added.error().code() == Code::kConflict ? kRefused : kUsage;
  const model::Package& package = added->package;
  const std::string home = package.toml_path.parent_path().string();
  if (added->there_before) {
    Print("{}: is {} {}, the same; nothing was done\n", home, package.name, package.version);
    return kOk;
  }
  const model::InputSpec& input = package.input;
  Print("{}: {} {}, {}, {}×{} {} {}, loads and runs\n", home, package.name, package.version, Name(package.task),
        input.width, input.height, Name(package.preprocess.color), Name(input.type));
  PrintGuesses(*added);
  return kOk;
}

std::string MustBeAName(const std::string& text) {
  const model::Package probe = model::NoopPackage();
  std::string toml = probe.toml;
  toml.replace(toml.find("\"noop\""), 6, "\"" + text + "\"");
  const auto parsed = model::ParseModelToml(toml, "");
  return parsed && parsed->name == text ? "" : "a name has 1 to 64 letters, digits, \".\", \"_\", \"-\"";
}

}  // namespace

void AddModelAdd(CLI::App& model, int& exit) {
  auto flags = std::make_shared<AddFlags>();
  std::vector<std::string> tasks;
  for (const Task task : kTasks) tasks.emplace_back(Name(task));
  CLI::App* command =
      model.add_subcommand("add", "make a package of a network, guessing what it does not say; or copy one");
  command->add_option("from", flags->from, "a network (.onnx), or the folder of a package")
      ->required()
      ->type_name("FILE|DIR");
  command->add_option("--name", flags->name, "the package's name; default the file's")
      ->check(MustBeAName)
      ->type_name("NAME");
  command->add_option("--task", flags->task, fmt::format("what it is for: {}", fmt::join(tasks, ", ")))
      ->check(CLI::IsMember(tasks))
      ->type_name("TASK");
  command->add_option("--labels", flags->labels, "names of its classes, one a line in their order")->type_name("FILE");
  command->add_option("--onnxruntime", flags->onnxruntime, "libonnxruntime.so.1, where it is not found by itself")
      ->envname("DARKROOM_ONNXRUNTIME");
  flags->settings.AddTo(*command, kModelFolderSettings);
  command->callback([flags, &exit] {
    InitLog("model", "error");
    exit = RunAdd(*flags);
  });
}

}  // namespace darkroom::cli
