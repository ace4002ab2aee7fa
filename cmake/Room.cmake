# darkroom_room(NAME SOURCES ... [DEPENDS rooms...] [PUBLIC targets...] [PRIVATE targets...] [TESTS files...] [TEST_DEPENDS ...])
#
# Declares library darkroom_NAME from src/NAME and, when TESTS are given, the program NAME_test.
# DEPENDS names other rooms; PUBLIC and PRIVATE name outside libraries.
function(darkroom_room name)
  cmake_parse_arguments(R "" "" "SOURCES;DEPENDS;PUBLIC;PRIVATE;TESTS;TEST_DEPENDS" ${ARGN})
  foreach(other IN LISTS R_DEPENDS)
    if(NOT TARGET darkroom_${other})
      message(FATAL_ERROR "Room ${name} needs ${other}, which is not configured before it. DARKROOM_ROOMS is "
                          "\"${DARKROOM_ROOMS}\"; to configure all rooms, run cmake with -U DARKROOM_ROOMS.")
    endif()
  endforeach()
  list(TRANSFORM R_DEPENDS PREPEND darkroom_)
  if(R_SOURCES)
    add_library(darkroom_${name} STATIC ${R_SOURCES})
    set(kind PUBLIC)
    target_link_libraries(darkroom_${name} PRIVATE darkroom_flags ${R_PRIVATE})
  else()
    add_library(darkroom_${name} INTERFACE)
    set(kind INTERFACE)
  endif()
  target_include_directories(darkroom_${name} ${kind} ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(darkroom_${name} ${kind} ${R_DEPENDS} ${R_PUBLIC})
  if(DARKROOM_TESTS AND R_TESTS)
    add_executable(${name}_test ${R_TESTS})
    target_link_libraries(${name}_test PRIVATE darkroom_flags darkroom_${name} ${R_TEST_DEPENDS}
                          GTest::gmock GTest::gtest GTest::gtest_main)
    gtest_discover_tests(${name}_test TEST_PREFIX ${name}. NO_PRETTY_VALUES DISCOVERY_TIMEOUT 60
                         PROPERTIES TIMEOUT 300 LABELS "unit")
  endif()
endfunction()
