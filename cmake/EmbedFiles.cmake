# The build step of darkroom_embed: writes CODE, which pulls each file of SOURCE in with the assembler's .incbin. The
# digests in it make it differ, and so be compiled anew, whenever a file does.
if(IS_DIRECTORY ${SOURCE})
  set(root ${SOURCE})
  file(GLOB_RECURSE files RELATIVE ${root} ${SOURCE}/*)
  list(FILTER files EXCLUDE REGEX "(\\.gz|/\\.[^/]*)$")
  list(FILTER files EXCLUDE REGEX "^\\.")
  list(SORT files)
else()
  get_filename_component(root ${SOURCE} DIRECTORY)
  get_filename_component(files ${SOURCE} NAME)
endif()

function(add_data symbol path)
  string(APPEND data "asm(\".pushsection .rodata\\n.balign 16\\n.hidden ${symbol}\\n.global ${symbol}\\n${symbol}:\\n\"\n"
                     "    \".incbin \\\"${path}\\\"\\n.byte 0\\n.popsection\");\n"
                     "extern \"C\" const char ${symbol}[];\n")
  set(data "${data}" PARENT_SCOPE)
endfunction()

set(data "")
set(rows "")
set(index 0)
foreach(file IN LISTS files)
  set(symbol darkroom_embedded_${NAME}_${index})
  file(SIZE ${root}/${file} size)
  file(SHA256 ${root}/${file} digest)
  add_data(${symbol} ${root}/${file})
  set(gzip "{}")
  if(EXISTS ${root}/${file}.gz)
    file(SIZE ${root}/${file}.gz gzip_size)
    add_data(${symbol}_gzip ${root}/${file}.gz)
    set(gzip "{${symbol}_gzip, ${gzip_size}}")
  endif()
  string(APPEND rows "    {\"${file}\", {${symbol}, ${size}}, ${gzip}, \"${digest}\"},\n")
  math(EXPR index "${index} + 1")
endforeach()

file(WRITE ${CODE} "#include \"base/embedded_file.h\"\n\n${data}
namespace darkroom::embedded_files {
namespace {
const EmbeddedFile kFiles[] = {
${rows}};
}  // namespace

std::span<const EmbeddedFile> ${NAME}();
std::span<const EmbeddedFile> ${NAME}() { return kFiles; }

}  // namespace darkroom::embedded_files
")
