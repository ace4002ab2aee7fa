# darkroom_embed(TARGET NAME SOURCE [DEPENDS files...])
#
# Builds SOURCE, a file or a folder, into TARGET as `std::span<const EmbeddedFile> darkroom::embedded_files::NAME()`
# (src/base/embedded_file.h). A folder may be made during the build: DEPENDS then names what makes it.
function(darkroom_embed target name source)
  cmake_parse_arguments(E "" "" "DEPENDS" ${ARGN})
  set(code ${CMAKE_CURRENT_BINARY_DIR}/embedded/${name}.cc)
  set(script ${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake)
  if(IS_DIRECTORY ${source})
    file(GLOB_RECURSE inside CONFIGURE_DEPENDS ${source}/*)
  elseif(EXISTS ${source})
    set(inside ${source})
  endif()
  add_custom_command(
    OUTPUT ${code}
    COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DSOURCE=${source} -DCODE=${code} -P ${script}
    DEPENDS ${script} ${inside} ${E_DEPENDS}
    COMMENT "Embedding ${name}" VERBATIM)
  target_sources(${target} PRIVATE ${code})
endfunction()
